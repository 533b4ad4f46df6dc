"""Play with a trained conditional GAN in a browser: `python app.py`; `python app.py --help` lists the flags."""

from cgan.ui.command import main

if __name__ == "__main__":
    main()
