"""Failures of Bewaar itself: its settings, its catalogue, its own disk."""

from bewaar.errors.base import Mendable


class SettingsDamaged(Mendable):
    """The settings file cannot be read; it was left as it is."""

    code = "settings.damaged"
    template = "{file}: {detail}"


class CatalogueNewer(Mendable):
    """The catalogue was written by a newer Bewaar."""

    code = "catalogue.newer"
    template = "catalogue version {version}, this Bewaar knows {supported}"


class CatalogueBusy(Mendable):
    """Another process kept the catalogue to itself for too long."""

    code = "catalogue.busy"
    template = "{file} is kept busy by another process"


class CatalogueDamaged(Mendable):
    """The catalogue cannot be read; it is set aside and can be rebuilt."""

    code = "catalogue.damaged"
    template = "{file}: {detail}"


class HomeFull(Mendable):
    """The disk with Bewaar's own files is full."""

    code = "home.full"
    template = "{folder} has no room: {needed} needed, {free} free"


class HomeUnwritable(Mendable):
    """Bewaar's own folder cannot be written."""

    code = "home.unwritable"
    template = "{folder} cannot be written: {reason}"


class InvalidValue(Mendable):
    """A value that was entered cannot be used."""

    code = "value.invalid"
    template = "{field}: {value}"


class JobUnknown(Mendable):
    """No job has that id."""

    code = "job.unknown"
    template = "no job {id}"
