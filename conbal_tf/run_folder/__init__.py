"""The files of a run's folder: locked, read back in their form, written whole; and what is said of damaged ones.

Begin at `objects` and `tables`, which read a file or say in one sentence what is wrong with it (`forms` is what each
must hold, `damage` what makes it anew); `whole_file` writes, `lock` keeps other commands out. What the numbers mean is
for `conbal_tf.scores`; when a run begins or goes on, for `conbal_tf.run`. No TensorFlow.
"""
