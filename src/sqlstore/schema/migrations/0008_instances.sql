-- What several instances on one database tell each other.

-- How often something changed that instances keep in memory. Read with every transaction's first
-- statement, so that none is answered from what is over.
CREATE TABLE changes (
    kind  TEXT   NOT NULL PRIMARY KEY,
    count BIGINT NOT NULL
) /*clustered*/;

-- Work that one instance at a time does. Its holder changes the beat while it is alive; work whose
-- beat has stood still for long enough may be taken over by anybody.
CREATE TABLE leases (
    name   TEXT   NOT NULL PRIMARY KEY,
    holder TEXT   NOT NULL,
    beat   BIGINT NOT NULL
) /*clustered*/;
CREATE INDEX leases_by_holder ON leases (holder, name);
