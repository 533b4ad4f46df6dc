"""Compile engine.c, and training.c, which includes it, to WebAssembly: `python -m cgan.engine.build`.

Two files, because most pages only draw. The compiler is `pip install ziglang==0.17.1`.

Another version of it compiles to other bytes, and a test compares them.
"""

import argparse
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
COMPILED = {source: source.with_suffix(".wasm") for source in (FOLDER / "engine.c", FOLDER / "training/training.c")}

# -Os is as fast as -O3 here, where the source says which loops to unroll, and smaller. Without loop strength reduction
# the offsets of neighbouring loads stay in the instructions: 3 % faster, 15 % smaller.
FLAGS = [
    "--target=wasm32-freestanding",
    "-mcpu=generic+simd128+bulk_memory",
    "-Os",
    "-fno-builtin",
    "-nostdlib",
    "-mllvm",
    "-disable-lsr",
    "-Wall",
    "-Wextra",
    "-Wl,--no-entry",
    "-Wl,--strip-all",
    "-Wl,-z,stack-size=16384",
]


def build(source: Path, target: Path) -> None:
    """Compile `source` to `target`: the same bytes on every machine for one version of ziglang.

    Raises subprocess.CalledProcessError; the compiler's words are its stderr.
    """
    command = [sys.executable, "-m", "ziglang", "cc", *FLAGS, "-o", f"{target}", source.name]
    subprocess.run(command, cwd=source.parent, check=True, capture_output=True, text=True)


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    for source, target in COMPILED.items():
        try:
            build(source, target)
        except subprocess.CalledProcessError as error:
            sys.exit(error.stderr)
        print(f"{target.name}: {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
