"""Any detector calibrated on good images: its threshold, its domain, and what drift is told by."""
