"""A backbone of one block, for tests of what is around it: a residual network takes seconds to trace."""

import keras


def small_network(width: int = 8) -> keras.Model:
    """Returns a function of images of any size [(n, height, width, 3)] to features [(n, width)], seeded."""
    keras.utils.set_random_seed(0)
    shown = keras.Input((None, None, 3))
    maps = keras.layers.Conv2D(width, 3, strides=2, use_bias=False)(shown)
    maps = keras.layers.ReLU()(keras.layers.BatchNormalization()(maps))
    return keras.Model(shown, keras.layers.GlobalAveragePooling2D(name="features")(maps))
