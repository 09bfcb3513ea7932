package io.rivulet.bench.report;

import java.util.ArrayList;
import java.util.List;

/** A Markdown table under a heading, with sentences around it. */
public final class Table {

    private final String heading;
    private final List<String> columns;
    private final List<List<String>> rows = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    /** The first column is text, the others are numbers and stand to the right. */
    public Table(String heading, String... columns) {
        this.heading = heading;
        this.columns = List.of(columns);
    }

    /** A row; missing cells are empty. */
    public Table row(Object... cells) {
        List<String> row = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            row.add(i < cells.length ? escape(String.valueOf(cells[i])) : "");
        }
        rows.add(row);
        return this;
    }

    /** A sentence below the table. */
    public Table note(String sentence) {
        notes.add(sentence);
        return this;
    }

    private static String escape(String cell) {
        return cell.replace("|", "\\|").replace('\n', ' ');
    }

    /** As Markdown. */
    public String markdown() {
        StringBuilder text = new StringBuilder("## ").append(heading).append("\n\n");
        line(text, columns);
        text.append('|');
        for (int i = 0; i < columns.size(); i++) {
            text.append(i == 0 ? "---|" : "---:|");
        }
        text.append('\n');
        rows.forEach(row -> line(text, row));
        notes.forEach(note -> text.append('\n').append(note).append('\n'));
        return text.append('\n').toString();
    }

    private static void line(StringBuilder text, List<String> cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }
}
