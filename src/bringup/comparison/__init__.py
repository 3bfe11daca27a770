"""What a model is compared with: published figures, and the statistics that say whether a difference is more than noise."""
