"""Records, parts, schedule, augmentation, batches."""
