"""Faults of dead drills on a cluster, for a guardian of the environment that may run anywhere."""

from __future__ import annotations

from collections.abc import Collection

from typing_extensions import override

from gameday.clients.kubernetes import ClusterError
from gameday.errors import Refused
from gameday.injectors.kubernetes.access_checks import missing_deletion_rights, missing_revert_rights
from gameday.injectors.kubernetes.cluster import Cluster
from gameday.injectors.kubernetes.delete_only import find_presence, reason_to_leave
from gameday.injectors.kubernetes.drill_stop import find_stop
from gameday.injectors.kubernetes.heartbeat import alive_until
from gameday.injectors.kubernetes.leftovers import find_leftovers
from gameday.injectors.kubernetes.target_objects import Target
from gameday.injectors.kubernetes.target_settings import read_settings
from gameday.injectors.kubernetes.undo_records import LIFETIME_S
from gameday.model import Binding
from gameday.plugins.injector import Guardable, Orphan
from gameday.plugins.types import Deadline, Intent, Presence

_NO_HEARTBEAT = f"its drill has shown no heartbeat for {LIFETIME_S} s"


class GuardableCluster(Guardable):
    """Part of the injector that a guardian uses. `only_deletes`: True for an account that may patch nothing."""

    only_deletes = False

    @override
    def orphans(self, binding: Binding, deadline: Deadline) -> list[Orphan]:
        try:
            settings = read_settings(binding)
            cluster = Cluster(settings.address, deadline)
            faults = find_leftovers(binding, deadline)
            stop, reason = find_stop(cluster, settings.namespace) if faults else None, _NO_HEARTBEAT
            if stop is None:
                faults = [intent for intent in faults if not alive_until(cluster, intent)]
            else:
                reason = f"all drills are stopped by {stop}"
            return [Orphan(intent, reason) for intent in faults if not self._is_deleted(intent, cluster)]
        except ClusterError as error:
            raise Refused(f"target {binding.target}: {error}", error.todo) from error

    def _is_deleted(self, intent: Intent, cluster: Cluster) -> bool:
        """Return True if only an entry of a record with other faults is left, which deletion cannot remove."""
        if not self.only_deletes or reason_to_leave(intent):
            return False
        return find_presence(intent, cluster) is Presence.ABSENT

    @override
    def missing_revert_rights(self, binding: Binding, kinds: Collection[str], deadline: Deadline) -> str:
        try:
            settings = read_settings(binding)
            target = Target(Cluster(settings.address, deadline), settings, binding)
            missing = missing_deletion_rights if self.only_deletes else missing_revert_rights
            return missing(target, kinds)
        except (Refused, ClusterError) as error:
            return str(error)

    @override
    def restrict_to_deletes(self) -> None:
        self.only_deletes = True

    @override
    def reason_to_leave(self, intent: Intent) -> str:
        if intent.is_unreadable:
            return intent.target_text
        return reason_to_leave(intent) if self.only_deletes else ""
