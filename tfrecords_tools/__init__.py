"""Image files and label tables to TFRecords. Knows no training."""
