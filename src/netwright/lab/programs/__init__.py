"""Programs that run in the boxes of a lab, beside its packets: Python as it comes with the image, nothing of ours."""
