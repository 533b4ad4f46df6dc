import gzip
import shutil

import numpy as np
import pytest
from torchvision.datasets import FashionMNIST

from cgan.data import fashion_mnist

TEST_FILES = ["t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a copy of the two decompressed test files; nothing else is looked at but what a test names."""
    monkeypatch.delenv(fashion_mnist.ENVIRONMENT_VARIABLE, raising=False)
    source = fashion_mnist.find()
    for name in TEST_FILES:
        content = (
            (source / name).read_bytes()
            if (source / name).exists()
            else gzip.decompress((source / f"{name}.gz").read_bytes())
        )
        (tmp_path / name).write_bytes(content)
    return tmp_path


def compress(folder):
    for name in TEST_FILES:
        (folder / f"{name}.gz").write_bytes(gzip.compress((folder / name).read_bytes(), 1))
        (folder / name).unlink()


def test_train_split_is_the_published_one(fashion_mnist):
    images, labels = fashion_mnist
    assert images.shape == (60_000, 28, 28) and images.dtype == np.uint8
    assert np.bincount(labels).tolist() == [6000] * 10
    # Mean and standard deviation as published with many Fashion-MNIST models: 0.2860 and 0.3530.
    assert images.mean() / 255 == pytest.approx(0.2860, abs=5e-5)
    assert images.std() / 255 == pytest.approx(0.3530, abs=5e-5)


def test_reads_what_torchvision_reads(folder, tmp_path):
    raw = tmp_path / "torchvision" / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    for name in TEST_FILES:
        shutil.copy(folder / name, raw)
        (raw / name.replace("t10k", "train")).touch()  # torchvision only asks whether these exist
    peer = FashionMNIST(tmp_path / "torchvision", train=False)
    images, labels = fashion_mnist.load("test", tmp_path / "torchvision")
    assert np.array_equal(images, peer.data.numpy())
    assert np.array_equal(labels, peer.targets.numpy())


def test_compressed_and_decompressed_files_both_serve(folder):
    decompressed = fashion_mnist.load("test", folder)
    compress(folder)
    compressed = fashion_mnist.load("test", folder)
    assert all(np.array_equal(a, b) for a, b in zip(decompressed, compressed, strict=True))


def test_environment_variable_names_the_folder(folder, monkeypatch):
    monkeypatch.setenv(fashion_mnist.ENVIRONMENT_VARIABLE, str(folder))
    assert fashion_mnist.find() == folder


def under(*parts):
    """A layout with all files in one folder."""
    return lambda name: "/".join((*parts, name))


# What people name, and where the files lie beneath it.
LAYOUTS = {
    "torchvision's root": under("FashionMNIST", "raw"),
    "torchvision's data set": under("raw"),
    "Zalando's repository": lambda name: f"data/fashion/{name}.gz",
    "Kaggle": lambda name: f"{name}/{name}",
    "dots": lambda name: name.replace("-idx", ".idx"),
    "Kaggle with dots": lambda name: f"{name}/{name.replace('-idx', '.idx')}",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_data_is_found_in_the_layouts_that_people_have(folder, tmp_path, monkeypatch, layout):
    home = tmp_path / "home"
    for name in TEST_FILES:
        place = home / "fm" / LAYOUTS[layout](name)
        place.parent.mkdir(parents=True, exist_ok=True)
        content = (folder / name).read_bytes()
        place.write_bytes(gzip.compress(content) if place.suffix == ".gz" else content)
    monkeypatch.setenv("HOME", f"{home}")
    for named in (home / "fm", f"{home}/fm/", "~/fm"):
        images, labels = fashion_mnist.load("test", named)
        assert images.shape == (10_000, 28, 28) and labels.shape == (10_000,)


def test_beside_the_digits_the_clothes_are_found(folder, tmp_path):
    """torchvision gives the files of all its data sets the same names."""
    for data_set in ("FashionMNIST", "KMNIST", "MNIST", "AMNIST"):
        raw = tmp_path / "root" / data_set / "raw"
        raw.mkdir(parents=True)
        for name in TEST_FILES:
            content = (folder / name).read_bytes()
            (raw / name).write_bytes(content if data_set == "FashionMNIST" else content[::-1])
    assert fashion_mnist.load("test", tmp_path / "root")[0].shape == (10_000, 28, 28)


def test_a_pointer_of_git_lfs_is_called_one(folder):
    (folder / TEST_FILES[0]).write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 7840016\n")
    with pytest.raises(fashion_mnist.DataError, match="git lfs pull"):
        fashion_mnist.load("test", folder)


def test_folders_are_tried_in_order(folder, monkeypatch, tmp_path):
    for name in TEST_FILES:
        shutil.copy(folder / name, folder / name.replace("t10k", "train"))
    half = tmp_path / "half a download"
    half.mkdir()
    shutil.copy(folder / TEST_FILES[0], half)
    monkeypatch.setattr(fashion_mnist, "DOWNLOAD_FOLDER", half)
    monkeypatch.setattr(fashion_mnist, "DEBIAN_FOLDER", folder)
    assert fashion_mnist.find() == folder
    monkeypatch.setattr(fashion_mnist, "DEBIAN_FOLDER", tmp_path / "nothing here")
    assert fashion_mnist.find() is None


def damage_altered(path):
    content = bytearray(path.read_bytes())
    content[5000] ^= 1
    path.write_bytes(content)


def damage_truncated(path):
    path.write_bytes(path.read_bytes()[:-1000])


def damage_missing(path):
    path.unlink()


@pytest.mark.parametrize("compressed", [False, True], ids=["idx", "gz"])
@pytest.mark.parametrize("damage", [damage_altered, damage_truncated, damage_missing])
def test_damaged_file_is_refused_with_one_line_that_names_it(folder, damage, compressed):
    if compressed:
        compress(folder)
    damage(next(folder.glob("t10k-images*")))
    with pytest.raises(fashion_mnist.DataError, match="t10k-images-idx3-ubyte") as refusal:
        fashion_mnist.load("test", folder)
    assert "\n" not in str(refusal.value)


def test_train_command_refuses_a_wrong_folder_with_one_line(expect_refusal_here, tmp_path):
    words = ["--data-dir", str(tmp_path), "train-images-idx3-ubyte"]
    expect_refusal_here("train.py", "--data-dir", tmp_path, "--out", tmp_path / "run", words=words)


def test_a_folder_with_an_impossible_name_is_refused_with_one_line(expect_refusal_here):
    expect_refusal_here("train.py", "--data-dir", "d" * 300, "--steps", 1, words=["--data-dir"])
