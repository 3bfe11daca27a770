"""Targets of calls that train, for those who want them."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bringup.capture.events import Site
    from bringup.capture.session import Session


def offer(session: "Session", site: "Site", target: Any) -> None:
    """Offer a target to who wants nothing else."""
    try:
        if site.labels is not None and not site.labels.take(target) and not site.labels.offer(target):
            site.labels = None
    except Exception as error:  # noqa: BLE001 - noted, and told to the person in the end
        site.labels = None
        session.trouble("Labels", error)


def complete(session: "Session", site: "Site", judged: Any, target: Any) -> None:
    """Complete what was noted of the call before, by its target and what that was compared with."""
    try:
        if site.deferred is not None:
            site.deferred.loss(judged, target)
    except Exception as error:  # noqa: BLE001 - as above
        site.deferred = None
        session.trouble("Samples", error)
