"""Pictures of one's own: labelled folders, IDX files in the layouts that people have, and .npz."""

import gzip
import shutil

import numpy as np
import pytest
from PIL import Image
from torchvision.datasets import EMNIST, KMNIST, QMNIST

from cgan.common.uploads import decode, to_garment
from cgan.data import DataError, dataset
from cgan.data.dataset import load_own
from tests.own_pictures import NAMES, PER_CLASS, write_folders

rng = np.random.default_rng(0)
IMAGES = rng.integers(0, 256, (40, 28, 28), np.uint8)
LABELS = np.repeat([3, 7], 20)


def idx(array, code, kind):
    """The bytes of an IDX file, after the description of MNIST's homepage."""
    head = bytes([0, 0, code, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    return head + array.astype(kind).tobytes()


def write_idx(folder, names=("train-images-idx3-ubyte", "train-labels-idx1-ubyte"), labels=LABELS, pack=bytes):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in zip(names, (idx(IMAGES, 8, ">u1"), idx(labels, 8, ">u1")), strict=True):
        (folder / name).write_bytes(pack(content))
    return folder


def refusal(*arguments, **options):
    with pytest.raises(DataError) as caught:
        load_own(*arguments, **options)
    assert "\n" not in f"{caught.value}"
    return f"{caught.value}"


def test_a_class_is_a_folder_and_each_seventh_picture_is_for_tests(own_pictures):
    found = load_own(own_pictures)
    assert list(found.classes.names) == NAMES
    (images, labels), (test_images, test_labels) = found.load("train"), found.load("test")
    assert np.bincount(labels).tolist() == [PER_CLASS - PER_CLASS // 7] * len(NAMES)
    assert np.bincount(test_labels).tolist() == [PER_CLASS // 7] * len(NAMES)
    assert images.dtype == labels.dtype == np.uint8 and images.shape[1:] == (28, 28)
    assert images.mean() < 100  # black on white was inverted: most of a picture is background
    picture = to_garment(decode((own_pictures / "10" / "6.png").read_bytes())[0]) * 255
    assert np.array_equal(test_images[test_labels == 3][0], picture[0, 0].round().byte().numpy())
    assert found.summary.startswith("12 classes, 288 training and 48 test pictures (for training: 2 24, 3 24, ")


def test_invert_decides(own_pictures):
    as_they_are, inverted = (load_own(own_pictures, invert=invert).load("train")[0] for invert in (False, True))
    assert np.abs(255 - as_they_are.astype(int) - inverted).max() <= 1
    assert np.array_equal(inverted, load_own(own_pictures).load("train")[0])


def test_any_picture_counts_and_the_others_are_named(tmp_path):
    folder = write_folders(tmp_path / "data", per_class=14)
    for number, (mode, name) in enumerate([("L", "grey.gif"), ("RGBA", "clear.webp"), ("RGB", "photo.jpeg")]):
        Image.new(mode, (90 + 30 * number, 50)).save(folder / "A" / name)
    (folder / "A" / "notes.txt").write_text("no picture")
    (folder / "A" / ".DS_Store").write_bytes(b"\0")
    (folder / "__MACOSX").mkdir()
    deeper = folder / "A" / "2024"
    deeper.mkdir()
    shutil.copy(folder / "A" / "1.png", deeper)
    found = load_own(folder)
    assert list(found.classes.names) == NAMES
    assert sum(int((found.load(split)[1] == NAMES.index("A")).sum()) for split in ("train", "test")) == 14 + 3 + 1
    assert "skipped 1, such as A/notes.txt: " in found.summary


def test_folders_named_train_and_test_are_splits(tmp_path, own_pictures):
    shutil.copytree(own_pictures, tmp_path / "Train")
    write_folders(tmp_path / "val", per_class=3)
    found = load_own(tmp_path)
    assert list(found.classes.names) == NAMES
    assert len(found.load("train")[0]) == len(NAMES) * PER_CLASS and len(found.load("test")[0]) == 3 * len(NAMES)


def test_names_can_be_given(tmp_path, own_pictures):
    names = [f"名 {index}" for index in range(len(NAMES))]
    (tmp_path / "names.txt").write_text("\ufeff" + "\n".join(names) + "\n\n", encoding="utf-8")
    assert list(load_own(own_pictures, tmp_path / "names.txt").classes.names) == names
    (tmp_path / "few.txt").write_text("a\nb\n")
    assert "2 names for 12 classes" in refusal(own_pictures, tmp_path / "few.txt")
    (tmp_path / "same.txt").write_text("\n".join(["same"] * len(NAMES)))
    assert "two classes have the same name" in refusal(own_pictures, tmp_path / "same.txt")
    assert "cannot be read" in refusal(own_pictures, tmp_path / "nowhere.txt")


def test_the_digest_is_that_of_the_pictures(own_pictures, tmp_path):
    moved = shutil.copytree(own_pictures, tmp_path / "elsewhere")
    first, same = load_own(own_pictures).classes, load_own(moved).classes
    assert first.data == same.data and first.images == same.images == 288
    shutil.copy(moved / "A" / "0.png", moved / "A" / "1.png")
    assert load_own(moved).classes.data != first.data


LAYOUTS = {
    "MNIST": ("", "train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "torchvision": ("KMNIST/raw", "train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "Kaggle": ("archive", "train-images.idx3-ubyte", "train-labels.idx1-ubyte"),
    "prefix": ("", "qmnist-train-images-idx3-ubyte", "qmnist-train-labels-idx1-ubyte"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("packed", [False, True])
def test_idx_files_as_they_are_handed_out(tmp_path, layout, packed):
    under, *names = LAYOUTS[layout]
    names = [f"{name}.gz" for name in names] if packed else names
    write_idx(tmp_path / under, names, pack=gzip.compress if packed else bytes)
    found = load_own(tmp_path)
    assert found.classes.names == ("3", "7")
    images, labels = found.load("train")
    kept = np.arange(40) % 20 % 7 != 6
    assert np.array_equal(images, IMAGES[kept]) and np.array_equal(labels, (LABELS == 7)[kept])


def test_test_files_are_the_test_pictures(tmp_path):
    write_idx(tmp_path)
    write_idx(tmp_path, ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"), LABELS[::-1])
    found = load_own(tmp_path, invert=True)
    assert np.array_equal(found.load("train")[0], 255 - IMAGES) and np.array_equal(found.load("test")[0], 255 - IMAGES)
    assert found.load("test")[1].tolist() == [1] * 20 + [0] * 20


def test_kmnist_and_qmnist_are_read_as_torchvision_reads_them(tmp_path):
    for name in ("train", "t10k"):
        files = (f"{name}-images-idx3-ubyte", f"{name}-labels-idx1-ubyte")
        write_idx(tmp_path / "KMNIST" / "raw", files)
    peer = KMNIST(tmp_path, train=True)
    found = load_own(tmp_path / "KMNIST")
    assert np.array_equal(found.load("train")[0], peer.data.numpy()) and found.classes.names == ("3", "7")

    folder = tmp_path / "QMNIST" / "raw"
    for name in ("train", "test"):
        write_idx(folder, (f"qmnist-{name}-images-idx3-ubyte", "unused"))
        labels = np.zeros((40, 8), int)
        labels[:, 0] = LABELS
        (folder / f"qmnist-{name}-labels-idx2-int").write_bytes(idx(labels, 0x0C, ">i4"))
    (folder / "unused").unlink()
    found = load_own(tmp_path / "QMNIST")
    peer = QMNIST(tmp_path, what="train", compat=True, download=False)
    assert np.array_equal(found.load("train")[0], peer.data.numpy())
    assert [int(found.classes.names[label]) for label in found.load("train")[1]] == peer.targets[:, 0].tolist()


def test_emnist_stands_upright_and_names_its_letters(tmp_path):
    folder = tmp_path / "EMNIST" / "raw"
    for split in ("letters", "digits"):
        for part in ("train", "test"):
            write_idx(folder, tuple(f"emnist-{split}-{part}-{what}-ubyte" for what in ("images-idx3", "labels-idx1")))
    (folder / "emnist-letters-mapping.txt").write_text("3 67 99\n7 71 103\n")
    assert "holds 2 data sets; name one of" in refusal(tmp_path)
    found = load_own(folder / "emnist-letters")
    peer = EMNIST(tmp_path, "letters", train=True)
    assert found.classes.names == ("Cc", "Gg")
    assert np.array_equal(found.load("train")[0], peer.data.numpy().swapaxes(1, 2))


@pytest.mark.parametrize(
    "names",
    [
        ("images", "labels", "test_images", "test_labels"),
        ("train_images", "train_labels", "test_images", "test_labels"),
        ("x_train", "y_train", "x_test", "y_test"),
    ],
)
def test_npz_under_the_names_that_people_use(tmp_path, names):
    arrays = dict(zip(names, (IMAGES, LABELS[:, None], IMAGES[::-1], LABELS), strict=True))
    np.savez(tmp_path / "own.npz", **arrays)
    found = load_own(tmp_path / "own.npz")
    assert found.classes.names == ("3", "7")
    assert np.array_equal(found.load("train")[0], IMAGES) and np.array_equal(found.load("test")[0], IMAGES[::-1])


def test_npz_of_colour_of_another_size_and_with_names_as_labels(tmp_path):
    colour = np.repeat(IMAGES[..., None], 3, axis=3).repeat(2, axis=1).repeat(2, axis=2)
    np.savez(tmp_path / "own.npz", images=colour, labels=np.where(LABELS == 3, "猫", "狗"))
    found = load_own(tmp_path / "own.npz")
    assert found.classes.names == ("狗", "猫") and found.load("train")[0].shape == (36, 28, 28)


def test_what_is_no_data_is_refused_in_one_line(tmp_path):
    assert "no such folder or file" in refusal(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    assert "one folder for each class" in refusal(tmp_path / "empty")
    one = write_folders(tmp_path / "one", per_class=10)
    for name in NAMES[1:]:
        shutil.rmtree(one / name)
    assert "1 classes there; allowed: 2 to 100" in refusal(one)
    few = write_folders(tmp_path / "few", per_class=9)
    assert "too few pictures of the class '2'; allowed: 10 or more" in refusal(few)
    (tmp_path / "texts" / "a").mkdir(parents=True)
    (tmp_path / "texts" / "a" / "a.txt").write_text("no picture")
    assert "no file in a is a picture" in refusal(tmp_path / "texts")
    twins = write_folders(tmp_path / "twins", per_class=10)
    (twins / "a").mkdir()
    shutil.copy(twins / "A" / "0.png", twins / "a")
    assert "two classes have the same name, 'A' and 'a'" in refusal(twins)


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"pictures": IMAGES}, "has pictures; expected: images and labels"),
        ({"images": IMAGES / 255, "labels": LABELS}, "images are float64 (40, 28, 28); allowed: uint8"),
        ({"images": IMAGES[0], "labels": LABELS}, "images are uint8 (28, 28); allowed: uint8"),
        ({"images": IMAGES, "labels": LABELS[:9]}, "for each of the 40 images"),
        ({"images": IMAGES, "labels": LABELS / 2}, "labels are float64 (40,)"),
        ({"images": IMAGES, "labels": np.arange(40)}, "too few pictures of the class '0'"),
    ],
)
def test_wrong_arrays_get_one_line(tmp_path, arrays, words):
    np.savez(tmp_path / "own.npz", **arrays)
    assert words in refusal(tmp_path / "own.npz")


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\3\4" + b"\0" * 100])
def test_a_damaged_file_gets_one_line(tmp_path, content):
    (tmp_path / "own.npz").write_bytes(content)
    assert "cannot be read" in refusal(tmp_path / "own.npz")


def test_damaged_idx_files_get_one_line(tmp_path):
    folder = write_idx(tmp_path)
    path = folder / "train-images-idx3-ubyte"
    path.write_bytes(path.read_bytes()[:-1])
    assert "truncated" in refusal(folder)
    path.write_bytes(b"<html>")
    assert "no IDX file" in refusal(folder)
    write_idx(folder, labels=LABELS[:30])
    assert "30 labels for 40 images" in refusal(folder)


def test_flags_that_do_not_go_together_are_refused(expect_refusal_here, own_pictures, tmp_path):
    expect_refusal_here("train.py", "--data", own_pictures, "--data-dir", tmp_path, words=["--data-dir"])
    expect_refusal_here("train.py", "--invert", "yes", words=["--invert", "--data"])
    expect_refusal_here("train.py", "--data", tmp_path / "no", words=["--data", "no such folder"])
    assert dataset.DEFAULT == "fashion-mnist"
