"""The command `python -m cgan.classifier`, which `cgan.evaluation.classifiers` implements."""

from cgan.evaluation.classifiers import main

if __name__ == "__main__":
    main()
