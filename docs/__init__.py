"""The pages, what makes their site (`conf.py`) and pictures (`pictures.py`), and their code blocks as data."""
