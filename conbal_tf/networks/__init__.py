"""Backbones and heads, in keras.layers."""
