create unlogged table relay (
    number bigint primary key,
    nonce int not null,
    epoch int not null,
    at bigint not null,
    before bigint not null,
    events int not null,
    time_ms bigint not null,
    format int not null,
    relayed timestamptz not null default clock_timestamp(),
    bytes_after bigint not null,
    body bytea not null
);
alter table relay alter column body set storage external;
comment on table relay is 'Rivulet: transient events of the last minute; at is the head of the log behind which they belong.';

create unlogged table relay_head (
    one boolean primary key default true check (one),
    life bigint not null,
    number bigint not null default 0,
    at bigint not null default 0,
    events bigint not null default 0,
    bytes bigint not null default 0
);
comment on table relay_head is 'Rivulet: the newest of the table relay; life is another one once a crash has emptied it.';

-- Two locks that stand for no row. Who relays holds the first one from before it looks at the head of the log until it
-- has committed: so whoever waits for that lock after it has read the log finds all that belongs before what it has
-- read. An append holds the second one; it will notify the nodes, and nobody else need. For a notice would make a relay
-- wait for the append: PostgreSQL commits transactions that notify one after the other, each with its disk.
create function relay_lock_1(p_which int) returns bigint
    language sql stable as $$ select -(4 * 'relay_head'::regclass::oid::bigint + p_which) $$;

create function relay_1(p_expected bigint, p_epoch int, p_nonce int, p_events int, p_time_ms bigint, p_format int,
                        p_body bytea, p_life bigint)
    returns table (of_life bigint, of_number bigint, of_at bigint, of_before bigint)
    language plpgsql as $$
declare
    r record;
    h bigint;
begin
    perform set_config('synchronous_commit', 'off', true);
    perform pg_advisory_xact_lock(relay_lock_1(1));
    select * into r from relay_head;
    if not found then
        delete from relay;
        insert into relay_head (life) values (p_life) returning * into r;
    end if;
    of_life := r.life;
    of_number := 0;
    of_at := 0;
    of_before := 0;
    if p_expected < 0 or p_expected = r.number then
        select head into strict h from hub;
        of_number := r.number + 1;
        of_at := h;
        of_before := case when r.at = h then r.events else 0 end;
        insert into relay (number, nonce, epoch, at, before, events, time_ms, format, bytes_after, body)
            values (of_number, p_nonce, p_epoch, h, of_before, p_events, p_time_ms, p_format,
                    r.bytes + length(p_body), p_body);
        update relay_head set number = of_number, at = h, events = of_before + p_events,
            bytes = r.bytes + length(p_body);
        if of_number % 64 = 0 or length(p_body) > 65536 then
            delete from relay where number < of_number
                and (relayed < clock_timestamp() - interval '1 minute'
                     or bytes_after <= r.bytes + length(p_body) - 16777216);
        end if;
        if pg_try_advisory_xact_lock(relay_lock_1(2)) then
            perform pg_notify('rivulet', 'relay');
        end if;
    end if;
    return next;
end
$$;

create function relayed_1(p_after bigint, p_rows int, p_bytes bigint)
    returns table (of_life bigint, of_first bigint, of_head bigint, of_at bigint, of_count bigint, a_number bigint,
                   a_nonce int, an_epoch int, an_at bigint, a_before bigint, of_events int, a_time_ms bigint,
                   a_format int, a_body bytea)
    language plpgsql as $$
begin
    perform pg_advisory_lock_shared(relay_lock_1(1));
    perform pg_advisory_unlock_shared(relay_lock_1(1));
    return query
        select h.life, coalesce((select min(r.number) from relay r), h.number + 1), h.number, h.at, h.events,
               n.number, n.nonce, n.epoch, n.at, n.before, n.events, n.time_ms, n.format, n.body
        from relay_head h left join (
            select near.*, sum(length(near.body)) over (order by near.number) - length(near.body) as sent from (
                select r.* from relay r where r.number > p_after order by r.number limit p_rows) near) n
            on n.sent < p_bytes
        order by n.number;
end
$$;

create or replace function append_1(p_epoch int, p_number bigint, p_expected bigint, p_events int, p_nonce int,
                                    p_time_ms bigint, p_format int, p_body bytea)
    returns table (outcome int, at_base bigint, at_ms bigint, nonce_before int)
    language plpgsql as $$
declare
    h record;
    r record;
begin
    perform pg_advisory_xact_lock_shared(relay_lock_1(2));
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
    end if;
    perform pg_notify('rivulet', at_base::text); -- also where nothing was appended: a relay counts on it
    return next;
end
$$;
