-- Makes a stream that was filled under another key the log, where there is none.
-- KEYS: hub, log, tick, the other key
-- ARGV: version, store id, key, epoch, first position, head, position of the newest batch, its nonce, its time, bytes
-- Answers 1; 0 where there is a log, and nothing was done.
if redis.call('EXISTS', KEYS[1], KEYS[2]) > 0 then
    return 0
end
if redis.call('EXISTS', KEYS[4]) == 1 then
    redis.call('RENAME', KEYS[4], KEYS[2])
    redis.call('DEL', KEYS[3])
    redis.call('XADD', KEYS[3], 'MAXLEN', 1, ARGV[7] .. '-' .. ARGV[8], 'new', 1)
end
redis.call('HSET', KEYS[1], 'version', ARGV[1], 'store', ARGV[2], 'key', ARGV[3], 'epoch', ARGV[4], 'first', ARGV[5],
    'head', ARGV[6], 'base', ARGV[7], 'nonce', ARGV[8], 'time', ARGV[9], 'bytes', ARGV[10])
return 1
