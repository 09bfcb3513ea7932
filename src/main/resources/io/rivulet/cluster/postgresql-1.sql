create table hub (
    one boolean primary key default true check (one),
    version int not null,
    store_id bigint not null,
    key bytea not null,
    epoch int not null default 0,
    first bigint not null default 1,
    head bigint not null default 0,
    nonce int not null default -1,
    time_ms bigint not null default 0,
    bytes bigint not null default 0
);
comment on table hub is 'Rivulet: one row, which each append locks. Made and read by the hub alone.';

create table batch (
    base bigint primary key,
    events int not null,
    epoch int not null,
    nonce int not null,
    time_ms bigint not null,
    format int not null,
    size int not null,
    bytes_after bigint not null,
    body bytea not null
);
alter table batch alter column body set storage external;
comment on table batch is 'Rivulet: the log. A row is a batch of one node; base is the position of its first event.';

create table run (
    epoch int primary key,
    node text not null,
    began timestamptz not null default now(),
    number bigint not null default 0,
    base bigint not null default 0,
    time_ms bigint not null default 0
);
comment on table run is 'Rivulet: the runs of nodes, and up to where the batches of each were taken.';

create function append_1(p_epoch int, p_number bigint, p_expected bigint, p_events int, p_nonce int, p_time_ms bigint,
                         p_format int, p_body bytea)
    returns table (outcome int, at_base bigint, at_ms bigint, nonce_before int)
    language plpgsql as $$
declare
    h record;
    r record;
begin
    select * into strict h from hub for update;
    select * into r from run where run.epoch = p_epoch;
    nonce_before := -1;
    at_base := 0;
    at_ms := 0;
    if not found or r.number > p_number then
        outcome := 2;
    elsif r.number = p_number then
        outcome := 0;
        at_base := r.base;
        at_ms := r.time_ms;
    elsif p_expected >= 0 and h.head <> p_expected then
        outcome := 1;
    else
        outcome := 0;
        at_base := h.head + 1;
        at_ms := greatest(h.time_ms, p_time_ms);
        nonce_before := h.nonce;
        insert into batch (base, events, epoch, nonce, time_ms, format, size, bytes_after, body)
            values (at_base, p_events, p_epoch, p_nonce, at_ms, p_format, length(p_body), h.bytes + length(p_body),
                    p_body);
        update hub set head = h.head + p_events, nonce = p_nonce, time_ms = at_ms, bytes = h.bytes + length(p_body);
        update run set number = p_number, base = at_base, time_ms = at_ms where run.epoch = p_epoch;
        perform pg_notify('rivulet', at_base::text);
    end if;
    return next;
end
$$;
