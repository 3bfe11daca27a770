"""Start simple: a constant, a linear model, a network with one hidden layer, boosted trees."""
