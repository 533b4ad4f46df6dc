import numpy as np

from cgan.data import NUM_CLASSES, excerpt


def test_it_is_the_first_600_training_images_of_each_class(fashion_mnist):
    images, labels = excerpt.load(), excerpt.labels
    all_images, all_labels = fashion_mnist
    assert images.shape == (6000, 28, 28) and labels.shape == (6000,)
    for index in range(NUM_CLASSES):
        np.testing.assert_array_equal(images[labels == index], all_images[all_labels == index][:600])


def test_it_is_one_picture_of_at_most_3_mb():
    assert excerpt.path.stat().st_size <= 3_000_000
