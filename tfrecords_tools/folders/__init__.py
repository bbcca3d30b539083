"""The files of a folder of images: which are images, and which are litter, masks or copies beside them."""
