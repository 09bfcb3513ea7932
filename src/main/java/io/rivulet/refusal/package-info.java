/**
 * How the hub says no: {@link io.rivulet.refusal.Refused} has a reason for the machine and a sentence for the person.
 * Any package throws it, and the doors alone turn it into an answer. {@link io.rivulet.refusal.Printable} makes text
 * from outside fit for such a sentence.
 */
package io.rivulet.refusal;
