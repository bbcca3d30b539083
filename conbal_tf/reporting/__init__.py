"""Figures and tables from run folders, without TensorFlow."""
