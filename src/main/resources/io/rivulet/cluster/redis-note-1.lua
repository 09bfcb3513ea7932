#!lua flags=allow-oom
-- Puts a note of a node behind those of all nodes. Also where the memory is full: their number is bounded.
-- KEYS: notehead, notes
-- ARGV: epoch, body, life, notes to keep
if redis.call('EXISTS', KEYS[1]) == 0 then
    redis.call('DEL', KEYS[2])
    redis.call('HSET', KEYS[1], 'life', ARGV[3])
end
local number = string.format('%.0f', redis.call('HINCRBY', KEYS[1], 'number', 1))
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[4], number .. '-1', 'epoch', ARGV[1], 'body', ARGV[2])
return 1
