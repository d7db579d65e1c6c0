"""Parts of the screen that know no noun of the business."""
