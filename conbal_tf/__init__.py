"""Contrastive learning against class imbalance, in Keras 3: records in, a trained, evaluated and served model out."""

__version__ = "0.1.0"
