package io.rivulet.config;

import io.rivulet.config.SettingSources.Source;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/**
 * The settings as they are in force. The start builds them once from {@link SettingSources}, and hands them to all that
 * is built; any thread may read. Some are live ({@link SettingsTable#isLive}): when the file that has them changes,
 * {@link #change} puts their new values in force.
 *
 * <p>They are checked as a whole before anything starts. A key that nobody knows stops the start, too: a misspelt limit
 * that was passed over would be found when it is needed.
 */
public final class Settings {

    /** Replaced as a whole, by {@link #change}; never changed. */
    private volatile Map<Setting<?>, Object> values = new HashMap<>();
    /** What was written, and where; replaced as a whole. */
    private volatile Map<Setting<?>, WrittenSetting> written = new HashMap<>();
    private final List<LivePart> liveParts = new CopyOnWriteArrayList<>();
    private final Map<Family, Map<String, Section>> sections = new HashMap<>();

    private Settings() {
    }

    /**
     * Reads the sources, the strongest first.
     *
     * @throws BadSetting for the first bad value or unknown key; the message names it
     */
    public static Settings of(List<Source> sources) {
        return of(sources, Runtime.getRuntime().maxMemory());
    }

    /** The same for a heap of this size. */
    static Settings of(List<Source> sources, long heapBytes) {
        Settings settings = new Settings();
        for (Setting<?> row : SettingsTable.rows()) {
            WrittenSetting found = find(row, sources);
            settings.written.put(row, found);
            settings.values.put(row, row.parse(found.text(), found.source()));
        }
        Set<String> known = SettingsTable.rows().stream().map(Setting::fullKey).collect(Collectors.toSet());
        for (Source source : sources) {
            for (String key : new TreeSet<>(source.values().keySet())) {
                if (known.contains(key) || key.equals(SettingSources.CONFIG)) {
                    continue;
                }
                if (!settings.putIntoFamily(key, source)) {
                    throw new BadSetting(key.replaceAll("\\p{C}", "?") + " (" + source.name()
                        + ") is no setting of this version" + nearest(key, known));
                }
            }
        }
        settings.checkTogether();
        settings.derive(heapBytes);
        return settings;
    }

    /** Only these values over the defaults; for tests and for embedding. */
    public static Settings with(String... keysAndValues) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put(Setting.PREFIX + keysAndValues[i], keysAndValues[i + 1]);
        }
        return of(List.of(new Source("given", map)));
    }

    /** The value in force; where 0 asks for a default that follows from the heap or another setting, that one. */
    @SuppressWarnings("unchecked")
    public <T> T get(Setting<T> setting) {
        return (T) values.get(setting);
    }

    /** Whether this is there, in the mode that is set. */
    public boolean isOn(Setting<SettingsTable.When> setting) {
        return DerivedDefaults.isOn(get(setting), get(SettingsTable.DEV));
    }

    /** The sections of a family by name, in the order of the sources and of the alphabet. */
    public Map<String, Section> sections(Family family) {
        return Collections.unmodifiableMap(sections.getOrDefault(family, Map.of()));
    }

    /** Name to path of each log file that {@code logs/<name>} follows. */
    public Map<String, String> followedLogs() {
        Map<String, String> logs = new HashMap<>();
        sections(SettingsTable.FEED_LOGS).forEach((name, log) -> logs.put(name, log.get(SettingsTable.FEED_LOG)));
        return logs;
    }

    /** Whether everybody may read the lines of this followed log. */
    public boolean isPublicLog(String name) {
        List<String> names = get(SettingsTable.FEED_LOGS_PUBLIC);
        return names.contains(name) || names.contains("*");
    }

    /** All that count, in the order of docs/settings.md, with where each was written; no secret is told. Any thread. */
    public List<WrittenSetting> written() {
        List<WrittenSetting> all = new ArrayList<>();
        Map<Setting<?>, WrittenSetting> now = written;
        for (Setting<?> row : SettingsTable.rows()) {
            WrittenSetting one = now.get(row);
            all.add(row.kind().isSecret() ? new WrittenSetting(one.key(), "a secret", one.source()) : one);
        }
        for (Family family : SettingsTable.families()) {
            sections(family).values().forEach(section -> all.addAll(section.written()));
        }
        return all;
    }

    /** A row as the first source has it, else the default. */
    private static WrittenSetting find(Setting<?> row, List<Source> sources) {
        for (Source source : sources) {
            String text = source.values().get(row.fullKey());
            if (text != null) {
                return new WrittenSetting(row.fullKey(), text, source.name());
            }
        }
        return new WrittenSetting(row.fullKey(), row.defaultText(), "default");
    }

    /** Takes a key that is no row of the table into the section it belongs to; false when there is none. */
    private boolean putIntoFamily(String key, Source source) {
        for (Family family : SettingsTable.families()) {
            Family.Member found = key.startsWith(Setting.PREFIX)
                ? family.find(key.substring(Setting.PREFIX.length())) : null;
            if (found != null) {
                sections.computeIfAbsent(family, f -> new LinkedHashMap<>())
                    .computeIfAbsent(found.section(), name -> new Section(family, name))
                    .put(found.row(), source.values().get(key), source.name());
                return true;
            }
        }
        return false;
    }

    /** A part of the hub that makes something of a live setting. */
    public interface LivePart {

        /**
         * Reads the fresh settings; what it returns puts them in force, and cannot fail.
         *
         * @throws BadSetting when they cannot be meant: then nothing changes
         */
        Runnable prepare(Settings fresh);
    }

    /**
     * What a change of the file meant.
     *
     * @param inForce keys of live settings that have new values now
     * @param waiting keys of others that differ, and count after a restart
     */
    public record Change(List<String> inForce, List<String> waiting) {
    }

    /** Tells this part when a live setting changes. */
    public void onChange(LivePart part) {
        liveParts.add(part);
    }

    /**
     * Puts the live ones of these settings in force; the others stay as they are.
     *
     * @throws BadSetting when a part cannot mean its new value; nothing is changed then
     */
    public synchronized Change change(Settings fresh) {
        Map<Setting<?>, Object> next = new HashMap<>(values);
        Map<Setting<?>, WrittenSetting> nextWritten = new HashMap<>(written);
        Change change = new Change(new ArrayList<>(), new ArrayList<>());
        for (Setting<?> row : SettingsTable.rows()) {
            if (!values.get(row).equals(fresh.values.get(row))) {
                if (SettingsTable.isLive(row)) {
                    next.put(row, fresh.values.get(row));
                    nextWritten.put(row, fresh.written.get(row));
                    change.inForce().add(row.fullKey());
                } else {
                    change.waiting().add(row.fullKey());
                }
            }
        }
        for (Family family : SettingsTable.families()) {
            if (!sections(family).equals(fresh.sections(family))) {
                change.waiting().add(Setting.PREFIX + family.prefix() + "…");
            }
        }
        if (!change.inForce().isEmpty()) {
            List<Runnable> ready = liveParts.stream().map(part -> part.prepare(fresh)).toList();
            values = next;
            written = nextWritten;
            ready.forEach(Runnable::run);
        }
        return change;
    }

    /** Rules between two settings. */
    private void checkTogether() {
        if (get(SettingsTable.RETRY_MIN).compareTo(get(SettingsTable.RETRY_MAX)) > 0) {
            throw new BadSetting(SettingsTable.RETRY_MIN.fullKey() + " is greater than "
                + SettingsTable.RETRY_MAX.fullKey());
        }
        long flight = get(SettingsTable.FLIGHT_BYTES);
        long least = DerivedDefaults.flightBytesMin(get(SettingsTable.BODY_MAX));
        if (flight > 0 && flight < least) {
            throw new BadSetting(SettingsTable.FLIGHT_BYTES.fullKey() + " is " + flight + "; the largest body ("
                + SettingsTable.BODY_MAX.fullKey() + ") needs at least " + least);
        }
    }

    /** Replaces each 0 that asks for a default by the number that follows. */
    private void derive(long heapBytes) {
        long buffer = DerivedDefaults.bufferBytes(heapBytes);
        values.replace(SettingsTable.RING_BYTES, 0L, buffer);
        values.replace(SettingsTable.WRITE_BYTES, 0L, buffer);
        values.replace(SettingsTable.CONFLATE_BYTES, 0L, buffer);
        values.replace(SettingsTable.FLIGHT_BYTES, 0L,
            DerivedDefaults.flightBytes(heapBytes, get(SettingsTable.BODY_MAX)));
        values.replace(SettingsTable.PUBLISH_BURST, 0, get(SettingsTable.PUBLISH_RATE));
    }

    /**
     * A hint for a misspelt key: known keys with the same end or a longer one, else the members of its family, else the
     * one that differs least.
     */
    private static String nearest(String key, Set<String> known) {
        List<String> near = new ArrayList<>();
        String last = key.substring(key.lastIndexOf('.') + 1);
        for (String k : new TreeSet<>(known)) {
            if (k.endsWith("." + last) || k.startsWith(key)) {
                near.add(k);
            }
        }
        for (Family family : SettingsTable.families()) {
            if (near.isEmpty() && key.startsWith(Setting.PREFIX + family.prefix())) {
                family.members().forEach(m -> near.add(Setting.PREFIX + family.shownKey(m)));
            }
        }
        String alike = near.isEmpty() ? Nearest.to(key, new TreeSet<>(known)) : null;
        if (alike != null) {
            near.add(alike);
        }
        return near.isEmpty() ? "; docs/settings.md lists them" : "; did you mean " + String.join(" or ", near) + "?";
    }
}
