package io.rivulet.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A plot of horizontal bars as SVG: readable on light and dark pages, without script or font of its own. */
public final class Bars {

    private static final int ROW = 26;
    private static final int TOP = 44;
    private static final int LABELS = 190;
    private static final int BARS = 400;
    private static final int VALUES = 90;

    private record Bar(String label, double value, boolean ours) {
    }

    private final String title;
    private final int digits;
    private final List<Bar> bars = new ArrayList<>();

    /** {@code title} names the unit and which direction is better. */
    public Bars(String title, int digits) {
        this.title = title;
        this.digits = digits;
    }

    /** A bar; Rivulet's own stand out. Without a value there is none. */
    public Bars bar(String label, double value) {
        if (!Double.isNaN(value)) {
            bars.add(new Bar(label, value, label.startsWith("Rivulet")));
        }
        return this;
    }

    /** The file's text. */
    public String svg() {
        int width = LABELS + BARS + VALUES;
        int height = TOP + ROW * bars.size() + 12;
        double most = bars.stream().mapToDouble(Bar::value).max().orElse(1);
        StringBuilder svg = new StringBuilder(String.format(Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" "
                + "font-family=\"system-ui, sans-serif\" font-size=\"13\" role=\"img\">%n"
                + "<title>%s</title>%n<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>%n"
                + "<text x=\"12\" y=\"26\" font-size=\"15\" fill=\"#1f2328\">%s</text>%n", width, height, width, height,
            escape(title), escape(title)));
        for (int i = 0; i < bars.size(); i++) {
            Bar bar = bars.get(i);
            int y = TOP + i * ROW;
            int length = (int) Math.max(1, Math.round(bar.value() / most * BARS));
            svg.append(String.format(Locale.ROOT,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"end\" fill=\"#1f2328\">%s</text>%n"
                    + "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"2\" fill=\"%s\"/>%n"
                    + "<text x=\"%d\" y=\"%d\" fill=\"#57606a\">%s</text>%n", LABELS - 10, y + 15, escape(bar.label()),
                LABELS, y + 2, length, ROW - 8, bar.ours() ? "#0969da" : "#afb8c1", LABELS + length + 8, y + 15,
                Numbers.fixed(bar.value(), digits)));
        }
        return svg.append("</svg>\n").toString();
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
