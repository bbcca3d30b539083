"""A trained model over a part of the data: predictions and embeddings."""
