package io.rivulet.topic;

import io.rivulet.heap.HeapBytes;
import java.util.ArrayList;
import java.util.List;

/**
 * A URI template (RFC 6570, all four levels) read backwards: whether the template could have made a text of some
 * values. Matchers of topics are made of such templates. Immutable, any thread.
 *
 * <p>A variable may be undefined, text, a list or a map. Two occurrences of one variable need not agree, and a text
 * that a list or a map could have made is allowed either way. Literals are compared byte for byte.
 */
final class UriTemplate {

    private static final String OPERATORS = "+#./;?&";
    private static final String KEPT_OPERATORS = "=,!@|";
    private static final String NO_LITERALS = " \"'<>\\^`|}";
    /** Above so many characters in one template, the lengths that it sets are not counted: a copy is made for each. */
    private static final int COUNTED_MAX = 1_000;
    private static final int LENGTH_MAX = 9_999;

    private final TemplateProgram program;
    private final List<String> literals;
    /** Whether each expression makes nothing, or a text that begins with its operator. */
    private final List<Boolean> separated;

    private UriTemplate(TemplateProgram program, List<String> literals, List<Boolean> separated) {
        this.program = program;
        this.literals = literals;
        this.separated = separated;
    }

    /** The template, or null when this is none, or one without an expression. */
    static UriTemplate parse(String text) {
        return text.indexOf('{') < 0 ? null : new Parser(text).parse();
    }

    /** Whether the template could have made this text; not, when it takes too many steps to say. */
    boolean matches(String text, MatchSteps steps) {
        return program.matches(text, steps);
    }

    /** Whether it could have made a text that begins so; false only when it is certain. */
    boolean mayBegin(String beginning) {
        return program.mayBegin(beginning);
    }

    /** Bytes that it takes in memory. */
    long weight() {
        return HeapBytes.object(3, 0) + HeapBytes.strings(literals) + HeapBytes.list(separated.size())
            + program.weight();
    }

    /** Steps that one character of a topic may cost, about. */
    int effort() {
        return program.effort();
    }

    /** The beginning of every text that it makes. */
    String prefix() {
        return literals.get(0);
    }

    /**
     * The text before, between and after the expressions: one more than there are expressions, some empty. Where what
     * follows a literal cannot begin with a letter, because an expression makes nothing or begins with its operator,
     * it ends with a slash more.
     */
    List<String> literals() {
        List<String> closed = new ArrayList<>(literals);
        boolean closes = true;
        for (int n = literals.size() - 1; n > 0; n--) {
            String after = literals.get(n);
            closes = separated.get(n - 1) && (after.isEmpty() ? closes : !LiteralWords.isInWord(after.charAt(0)));
            closed.set(n - 1, literals.get(n - 1) + (closes ? "/" : ""));
        }
        return closed;
    }

    /** The work of one operator (RFC 6570, appendix A). */
    private record Operator(String first, char separator, boolean named, boolean equalsIfEmpty, int allowed) {

        static Operator of(char c) {
            int plain = TemplateProgram.UNRESERVED;
            return switch (c) {
                case '+' -> new Operator("", ',', false, false, plain | TemplateProgram.RESERVED);
                case '#' -> new Operator("#", ',', false, false, plain | TemplateProgram.RESERVED);
                case '.', '/' -> new Operator("" + c, c, false, false, plain);
                case ';' -> new Operator(";", ';', true, false, plain);
                case '?' -> new Operator("?", '&', true, true, plain);
                case '&' -> new Operator("&", '&', true, true, plain);
                default -> new Operator("", ',', false, false, plain);
            };
        }
    }

    private record Variable(String name, boolean explode, int length) {
    }

    /** Reads it from left to right; null is the answer wherever the grammar is broken. */
    private static final class Parser {

        private final String text;
        private final TemplateProgram.Builder program = new TemplateProgram.Builder();
        private final List<String> literals = new ArrayList<>();
        private final List<Boolean> separated = new ArrayList<>();
        private int counted;
        private int i;

        Parser(String text) {
            this.text = text;
        }

        UriTemplate parse() {
            while (true) {
                int end = text.indexOf('{', i);
                String literal = text.substring(i, end < 0 ? text.length() : end);
                if (!isLiteral(literal)) {
                    return null;
                }
                literals.add(literal);
                program.literal(literal);
                if (end < 0) {
                    return new UriTemplate(program.build(), List.copyOf(literals), List.copyOf(separated));
                }
                i = end + 1;
                if (!expression()) {
                    return null;
                }
            }
        }

        private boolean expression() {
            char c = i < text.length() ? text.charAt(i) : '}';
            if (KEPT_OPERATORS.indexOf(c) >= 0) {
                return false;
            }
            i += OPERATORS.indexOf(c) >= 0 ? 1 : 0;
            List<Variable> variables = new ArrayList<>();
            do {
                Variable variable = variable();
                if (variable == null) {
                    return false;
                }
                variables.add(variable);
            } while (skip(','));
            if (!skip('}')) {
                return false;
            }
            Operator operator = Operator.of(c);
            separated.add(!operator.first().isEmpty());
            write(operator, variables);
            return true;
        }

        private Variable variable() {
            int start = i;
            while (i < text.length() && (isNameChar(text.charAt(i)) || TemplateProgram.isTriplet(text, i)
                || text.charAt(i) == '.' && i > start && text.charAt(i - 1) != '.')) {
                i += text.charAt(i) == '%' ? 3 : 1;
            }
            String name = text.substring(start, i);
            if (name.isEmpty() || name.endsWith(".")) {
                return null;
            }
            if (skip('*')) {
                return new Variable(name, true, 0);
            }
            if (!skip(':')) {
                return new Variable(name, false, 0);
            }
            int length = 0;
            int digits = i;
            while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9' && length <= LENGTH_MAX) {
                length = length * 10 + text.charAt(i++) - '0';
            }
            return length == 0 || length > LENGTH_MAX || text.charAt(digits) == '0' ? null
                : new Variable(name, false, length);
        }

        /** Any of the variables may be undefined: then neither it nor a separator is there; without any, nothing. */
        private void write(Operator op, List<Variable> variables) {
            int whole = program.fork();
            program.literal(op.first());
            List<Integer> ends = new ArrayList<>(List.of(whole));
            for (int n = 0; n < variables.size(); n++) {
                boolean last = n == variables.size() - 1;
                int skipped = last ? -1 : program.fork();
                write(op, variables.get(n));
                if (!last) {
                    ends.add(program.fork());
                    program.literal("" + op.separator());
                    program.land(skipped);
                }
            }
            ends.forEach(program::land);
        }

        private void write(Operator op, Variable variable) {
            if (variable.explode()) {
                program.loop(op.allowed() | TemplateProgram.flag('=') | TemplateProgram.flag(op.separator()));
                return;
            }
            int empty = -1;
            if (op.named()) {
                program.literal(variable.name());
                empty = op.equalsIfEmpty() ? -1 : program.fork();
                program.literal("=");
            }
            counted += variable.length();
            if (variable.length() > 0 && counted <= COUNTED_MAX) {
                program.upTo(variable.length(), op.allowed());
            } else {
                program.loop(op.allowed() | TemplateProgram.flag(','));
            }
            if (empty >= 0) {
                program.land(empty);
            }
        }

        private boolean skip(char c) {
            boolean is = i < text.length() && text.charAt(i) == c;
            i += is ? 1 : 0;
            return is;
        }

        private static boolean isLiteral(String literal) {
            for (int k = 0; k < literal.length(); k++) {
                char c = literal.charAt(k);
                if (c < ' ' || c == 0x7f || NO_LITERALS.indexOf(c) >= 0
                    || c == '%' && !TemplateProgram.isTriplet(literal, k)) {
                    return false;
                }
            }
            return true;
        }

        private static boolean isNameChar(char c) {
            return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
        }
    }
}
