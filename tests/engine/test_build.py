import pytest

from cgan.engine import build


@pytest.mark.parametrize("source", build.COMPILED, ids=lambda path: path.name)
def test_the_compiled_file_is_what_its_source_compiles_to(tmp_path, source):
    build.build(source, tmp_path / "built.wasm")
    assert (tmp_path / "built.wasm").read_bytes() == build.COMPILED[source].read_bytes()


def test_drawing_alone_takes_a_small_file():
    assert (build.FOLDER / "engine.wasm").stat().st_size <= 16 * 1024
