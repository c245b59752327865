"""Chinese text: normalisation and segmentation."""
