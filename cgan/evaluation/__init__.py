"""Quality of the generated images: classifiers, metrics, nearest neighbours, snapshots of a run."""
