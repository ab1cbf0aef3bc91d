"""One room per screen: read the form, call one verb of the engine, answer."""

from bewaar_web.screens.administrations import administrations
from bewaar_web.screens.backup import backup
from bewaar_web.screens.backups import backups
from bewaar_web.screens.compare import compare
from bewaar_web.screens.destinations import destinations
from bewaar_web.screens.door import door
from bewaar_web.screens.first import first
from bewaar_web.screens.folders import folders
from bewaar_web.screens.jobs import jobs
from bewaar_web.screens.log import log
from bewaar_web.screens.peek import peek
from bewaar_web.screens.programs import programs
from bewaar_web.screens.restore import restore
from bewaar_web.screens.salvage import salvage
from bewaar_web.screens.servers import servers
from bewaar_web.screens.settings import settings
from bewaar_web.screens.today import today

SCREENS = (
    door,
    today,
    administrations,
    programs,
    backups,
    backup,
    jobs,
    restore,
    peek,
    compare,
    salvage,
    destinations,
    servers,
    settings,
    log,
    first,
    folders,
)
