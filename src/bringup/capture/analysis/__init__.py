"""Analysis of the rows that a program was seen to use, after its end: without torch, in bounded time."""
