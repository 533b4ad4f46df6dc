"""How good the generated images are: classifiers, metrics, nearest neighbours, snapshots of a run."""
