from cgan.engine import build


def test_the_compiled_file_is_what_its_source_compiles_to(tmp_path):
    build.build(tmp_path / "engine.wasm")
    assert (tmp_path / "engine.wasm").read_bytes() == build.COMPILED.read_bytes()


def test_it_is_small():
    assert build.COMPILED.stat().st_size <= 16 * 1024
