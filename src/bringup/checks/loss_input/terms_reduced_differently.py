"""LOS316 terms-reduced-differently."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.loss_reading import at, sizes
from bringup.checks.reading import number
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record, TermFacts, WeighedFacts


@dataclass(frozen=True, kw_only=True)
class TermsReducedDifferently(Check):
    """One term of the loss is a mean over the batch, another a sum over it.

    ## What it detects
    A loss with a term that is averaged over all values of all rows, and a term that is summed over the same rows and not
    scaled: one value of the sum counts {ratio} times what one of the mean does, or more. Likewise the divergence of a
    variational autoencoder, summed over the values of a code, beside an error that is averaged over {values} values a row or
    more.

    ## Why it is bad
    The summed term rules the training, the more the larger the batch is. In a variational autoencoder it is the divergence
    of the code, which then carries nothing: each reconstruction becomes the mean of all inputs.

    ## How it is detected
    The graph of the loss tells which numbers it is the sum of, over what each was averaged or summed, and by what it was
    multiplied. Sums that are scaled by less than {factor} are taken for weighed on purpose; so are sums over weights.

    ## How to fix it
    Reduce all terms alike: sum over the values of a row, then average over the rows, in every term.

    ## How it is confirmed
    The measurement is the proof.
    """

    code: ClassVar[str] = "LOS316"
    name: ClassVar[str] = "terms-reduced-differently"
    family: ClassVar[Family] = Family.LOSS_INPUT
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.sigmoid(torch.randn(600, 4) @ torch.randn(4, 40))


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = nn.Linear(40, 2 * 4), nn.Sequential(nn.Linear(4, 40), nn.Sigmoid())

    def forward(self, x):
        mean, log_variance = self.encoder(x).chunk(2, dim=1)
        code = mean + torch.randn_like(mean) * (0.5 * log_variance).exp()
        return self.decoder(code), mean, log_variance


model = Autoencoder()
optimizer = torch.optim.Adam(model.parameters(), lr=0.002)
for epoch in range(20):
    for rows in torch.randperm(600).split(50):
        again, mean, log_variance = model(x[rows])
        error = nn.functional.binary_cross_entropy(again, x[rows])
        divergence = -0.5 * torch.sum(1 + log_variance - mean.pow(2) - log_variance.exp())
        loss = error + divergence
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.sigmoid(torch.randn(600, 4) @ torch.randn(4, 40))


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = nn.Linear(40, 2 * 4), nn.Sequential(nn.Linear(4, 40), nn.Sigmoid())

    def forward(self, x):
        mean, log_variance = self.encoder(x).chunk(2, dim=1)
        code = mean + torch.randn_like(mean) * (0.5 * log_variance).exp()
        return self.decoder(code), mean, log_variance


model = Autoencoder()
optimizer = torch.optim.Adam(model.parameters(), lr=0.002)
for epoch in range(20):
    for rows in torch.randperm(600).split(50):
        again, mean, log_variance = model(x[rows])
        error = nn.functional.binary_cross_entropy(again, x[rows], reduction="sum") / len(rows)
        divergence = -0.5 * torch.sum(1 + log_variance - mean.pow(2) - log_variance.exp()) / len(rows)
        loss = error + divergence + 1e-4 * sum(weight.abs().sum() for weight in model.parameters())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""

    ratio: float = 100.0  # of what one value counts
    wide: int = 8  # values a row of the averaged term
    rows: int = 8
    values: int = 32  # a row of the averaged term, beside a divergence
    least: float = 16.0  # of what one value counts, there
    factor: float = 0.1  # by which a sum is multiplied

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding a loss."""
        weighed: tuple[WeighedFacts, ...] = record.need("weighed")
        yield from self.divergences(weighed)
        for loss in weighed:
            pair = next(((one, other) for one in loss.terms for other in loss.terms if self.clash(one, other)), None)
            if pair is None:
                continue
            summed, averaged = pair
            yield self.finding(
                f"the term{at(summed.where)} is a sum over a batch of {summed.shape[0]} rows ({sizes(summed.shape)}), the term"
                f"{at(averaged.where)} a mean over {sizes(averaged.shape)}: one value of the former counts "
                f"{number(summed.weight / averaged.weight)} times one of the latter",
                Measurement(name="weight of a value of the sum", value=summed.weight),
                Measurement(name="weight of a value of the mean", value=averaged.weight),
                where=summed.where or loss.where,
                fix="reduce all terms alike: sum over the values of a row, then average over the rows",
                confidence=0.85,
            )

    def divergences(self, weighed: tuple[WeighedFacts, ...]) -> Iterator[Finding]:
        """Yield a finding for each loss with a divergence that is summed over the values of a row, and an error that is not."""
        for loss in weighed:
            for code in loss.terms:
                error = next((term for term in loss.terms if self.outweighs(code, term)), None)
                if error is None:
                    continue
                yield self.finding(
                    f"the divergence{at(code.where)} is a sum over the {code.summed} values of a row, the "
                    f"term{at(error.where)} a mean over all of {sizes(error.shape)}: one value of the former counts "
                    f"{number(code.weight / error.weight)} times one of the latter",
                    Measurement(name="weight of a value of the divergence", value=code.weight),
                    Measurement(name="weight of a value of the mean", value=error.weight),
                    where=code.where or loss.where,
                    fix="sum both over the values of a row, then average over the rows; or weigh the divergence",
                    confidence=0.7,
                )
                break

    def outweighs(self, code: TermFacts, error: TermFacts) -> bool:
        """Whether a divergence of rows counts that much more than an error that is averaged over their values, too."""
        if not code.divergence or code.factor < self.factor or error.reduction != "mean" or error.summed > 1:
            return False
        rows = error.shape[0]
        if rows < self.rows or code.shape != (rows,) or math.prod(error.shape) < self.values * rows:
            return False
        return code.weight >= self.least * error.weight

    def clash(self, summed: TermFacts, averaged: TermFacts) -> bool:
        """Whether the one is a sum over the rows that the other is a mean over."""
        if summed.reduction != "sum" or averaged.reduction != "mean" or summed.factor < self.factor:
            return False
        rows = averaged.shape[0]
        if rows < self.rows or summed.shape[0] != rows or math.prod(averaged.shape) < self.wide * rows:
            return False
        return summed.weight >= self.ratio * averaged.weight
