"""Image classification: background, person, bicycle, car or dog in a 96x96 picture."""
