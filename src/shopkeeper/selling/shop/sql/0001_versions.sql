-- A sequence of its own: a number drawn by a transaction that rolls back is lost, so no process can hold a cached shop under a version that means another one.
CREATE SEQUENCE shop_versions;
