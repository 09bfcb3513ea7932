package io.rivulet.log.segment;

import io.rivulet.log.LogWork;
import io.rivulet.log.View;
import io.rivulet.log.disk.StoreHash;
import io.rivulet.log.index.TopicFilter;
import java.util.AbstractList;
import java.util.RandomAccess;

/**
 * Whether a view shows a record, told by its bytes: what is not shown is never decoded. Topics that are asked for by
 * name are looked for by their hash, which makes no object; only for patterns, and to be sure, topics become texts.
 * {@link LogReader} and {@link LogLookup} make one for a read on one thread.
 */
final class RecordFilter {

    private final View view;
    private final StoreHash hash;
    private final TopicFilter filter;
    /** Whether the hashes of its topics say that a record is not asked for. */
    private final boolean byHash;
    private final RecordCodec.Reader in = new RecordCodec.Reader(new byte[0], 0);
    private final Topics topics = new Topics();

    RecordFilter(View view, StoreHash hash) {
        this.view = view;
        this.hash = hash;
        this.filter = TopicFilter.of(view.topics(), hash);
        this.byHash = !filter.any() && !filter.needsNames();
    }

    /** As {@link View#shows} of the event in this position. */
    <X extends Exception> boolean shows(Chunk chunk, long position, LogWork work, LogWork.Held<X> held) throws X {
        int at = chunk.offset(position);
        byte[] b = chunk.bytes();
        boolean isPrivate = RecordCodec.isPrivate(b, at);
        if (isPrivate && view.privates().isNone()) {
            return false;
        }
        topics.of(b, at);
        if (byHash && !isListed(b, at)) {
            work.cost(LogWork.LOOK * topics.size());
            return false;
        }
        return view.shows(topics, isPrivate, work, held);
    }

    private boolean isListed(byte[] b, int at) {
        in.to(b, RecordCodec.topicsAt(b, at));
        for (int n = in.varint(); n > 0; n--) {
            int length = in.varint();
            if (filter.lists(hash.of(b, in.at(), length))) {
                return true;
            }
            in.skip(length);
        }
        return false;
    }

    /** The topics of one record after the other, each a text only once somebody asks for it. */
    private static final class Topics extends AbstractList<String> implements RandomAccess {
        private String[] texts = new String[1];
        private final RecordCodec.Reader in = new RecordCodec.Reader(new byte[0], 0);
        private int size;
        private int made;

        void of(byte[] b, int at) {
            in.to(b, RecordCodec.topicsAt(b, at));
            size = in.varint();
            made = 0;
        }

        @Override
        public int size() {
            return size;
        }

        @Override
        public String get(int i) {
            if (size > texts.length) {
                texts = new String[size]; // none of this record was made yet
            }
            for (; made <= i; made++) {
                texts[made] = in.text();
            }
            return texts[i];
        }
    }
}
