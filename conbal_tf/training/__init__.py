"""Stage 1 (backbone), stage 2 (classifier head), replicas, callbacks, resuming."""
