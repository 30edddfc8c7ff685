"""Training of the bench's models, one folder per task; TensorFlow is needed only in here."""
