create table node (
    epoch int primary key,
    name text not null,
    began_ms bigint not null,
    copied bigint not null,
    seen timestamptz not null
);
comment on table node is 'Rivulet: the nodes that run, each with the position up to which it has copied the log.';
