"""The files of a folder of images: which are images, and which are litter, masks or copies beside them.

Begin at `image_files`; `litter` knows what systems leave behind, `companions` second files of an image, such as masks.
In goes a folder, out come paths below it; what the images are called is for `tfrecords_tools.labels`.
"""
