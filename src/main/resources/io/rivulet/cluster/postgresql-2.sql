create table outbox (
    id bigint generated always as identity primary key,
    place bigint,
    chunk bigint,
    topic text not null,
    data text not null,
    type text,
    event_id text,
    ends text,
    private boolean not null
);
create index outbox_place on outbox (place);
create index outbox_chunk on outbox (chunk) where chunk is not null;
create sequence outbox_places;
comment on table outbox is 'Rivulet: events that rivulet_publish has put in and no node has published yet.';

create table outbox_refused (
    like outbox,
    why text not null,
    refused timestamptz not null default now()
);
create index outbox_refused_at on outbox_refused (refused);
comment on table outbox_refused is 'Rivulet: events of rivulet_publish that no hub takes, for a week.';

create table outbox_turn (
    one boolean primary key default true check (one),
    epoch int not null default 0,
    until timestamptz not null default '-infinity',
    chunk bigint not null default 0
);
insert into outbox_turn default values;
comment on table outbox_turn is 'Rivulet: the run of the node that publishes the outbox, and the chunk that it is at.';

create function rivulet_publish(topic text, data text default '', type text default null, private boolean default false,
                                id text default null, ends text default null)
    returns bigint
    language plpgsql security definer set search_path = @schema@, pg_temp as $$
declare
    row_id bigint;
begin
    if coalesce(rivulet_publish.topic, '') = '' then
        raise exception 'the event has no topic' using errcode = 'invalid_parameter_value';
    end if;
    if rivulet_publish.topic like 'rivulet/%' then
        raise exception 'topics that begin with rivulet/ are the hub''s own: %', rivulet_publish.topic
            using errcode = 'invalid_parameter_value';
    end if;
    if rivulet_publish.ends not in ('finished', 'cancelled') then
        raise exception 'ends is %; it must be finished or cancelled', rivulet_publish.ends
            using errcode = 'invalid_parameter_value';
    end if;
    insert into @schema@.outbox (topic, data, type, event_id, ends, private)
        values (rivulet_publish.topic, coalesce(rivulet_publish.data, ''), nullif(rivulet_publish.type, ''),
                rivulet_publish.id, rivulet_publish.ends, coalesce(rivulet_publish.private, false))
        returning outbox.id into row_id;
    return row_id;
end
$$;
revoke all on function rivulet_publish(text, text, text, boolean, text, text) from public;
comment on function rivulet_publish(text, text, text, boolean, text, text)
    is 'Rivulet: publishes an event if and when this transaction commits.';

create function outbox_place_1() returns trigger
    language plpgsql security definer set search_path = @schema@, pg_temp as $$
begin
    update @schema@.outbox set place = nextval('@schema@.outbox_places') where id = new.id;
    return null;
end
$$;
create constraint trigger outbox_place after insert on outbox deferrable initially deferred
    for each row execute function outbox_place_1();

create function outbox_take_1(p_epoch int, p_events int, p_bytes bigint) returns int
    language plpgsql as $$
declare
    t record;
begin
    select * into strict t from outbox_turn;
    if t.epoch <> p_epoch and t.until > clock_timestamp() then
        return 2;
    end if;
    if t.epoch = p_epoch and t.until > clock_timestamp() + interval '3 s' and not exists (select from outbox) then
        return 0;
    end if;
    select * into strict t from outbox_turn for update;
    if t.epoch <> p_epoch and t.until > clock_timestamp() then
        return 2;
    end if;
    if not exists (select from outbox where chunk = t.chunk) then
        t.chunk := t.chunk + 1;
        update outbox set chunk = t.chunk where id in (
            select sized.id from (
                select front.id, row_number() over o as n, sum(octet_length(front.data)) over o as size from (
                    select id, place, data from outbox order by place, id limit p_events) front
                window o as (order by front.place, front.id)) sized
            where sized.n = 1 or sized.size <= p_bytes);
    end if;
    update outbox_turn set epoch = p_epoch, until = clock_timestamp() + interval '6 s', chunk = t.chunk;
    return case when exists (select from outbox where chunk = t.chunk) then 1 else 0 end;
end
$$;

create function outbox_split_1(p_chunk bigint) returns void
    language plpgsql as $$
declare
    at bigint;
begin
    select chunk into strict at from outbox_turn for update;
    if at = p_chunk then
        update outbox_turn set chunk = at + 1;
        update outbox set chunk = case when half.n <= half.all / 2 then at + 1 end
            from (select id, row_number() over (order by place, id) as n, count(*) over () as all
                  from outbox where chunk = p_chunk) half
            where outbox.id = half.id;
    end if;
end
$$;
