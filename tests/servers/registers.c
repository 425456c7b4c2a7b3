/* Lets User-Mode-Linux run on processors with more state than it knows of; loaded into its process by LD_PRELOAD.
 *
 * Before 6.13 it keeps 2,696 bytes of extended registers for each task. Where a processor has more (AMX makes it
 * 11,008) the kernel refuses to set a part of them, and the guest dies at its first instruction. What it never
 * uses stays zero here. Declares what it calls, so that it compiles without any header.
 */

typedef unsigned long size;
struct span { unsigned char *start; size length; };

void *dlsym(void *handle, const char *name);
void *memcpy(void *to, const void *from, size length);

#define NEXT ((void *)-1)
#define GETREGSET 0x4204
#define SETREGSET 0x4205
#define XSTATE ((void *)0x202)
#define HEADER 512
#define TILES (3UL << 17)

static unsigned char whole[65536];

long ptrace(long request, long pid, void *which, void *data)
{
    static long (*next)(long, long, void *, void *);
    static size length;
    struct span *part = data, all = {whole, sizeof whole};

    if (!next)
        next = dlsym(NEXT, "ptrace");
    if (request != SETREGSET || which != XSTATE)
        return next(request, pid, which, data);
    if (!length) {
        if (next(GETREGSET, pid, XSTATE, &all) < 0)
            return -1;
        length = all.length;
    }
    if (length <= part->length)
        return next(request, pid, which, data);
    for (size at = part->length; at < length; at++)
        whole[at] = 0;
    memcpy(whole, part->start, part->length);
    *(size *)(whole + HEADER) &= ~TILES;
    all.length = length;
    return next(request, pid, XSTATE, &all);
}
