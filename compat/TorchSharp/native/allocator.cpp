// A caching CPU allocator. A training step asks for the same sizes over and over; from glibc, every large block is
// fresh memory whose pages fault in one by one, which in large batches costs as much as the arithmetic. Freed blocks
// are kept by size class and handed out again; large blocks are backed by huge pages.
// UNIM2REC_CPU_ALLOCATOR=system leaves libtorch's own allocator in place; UNIM2REC_CPU_CACHE_MB bounds the cache.
#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>

#include <sys/mman.h>
#include <sys/sysinfo.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <new>

#include "glue.h"

namespace glue {

namespace {

constexpr size_t alignment = 64;
constexpr size_t huge_page = size_t{2} << 20;
constexpr size_t smallest = 64;
constexpr int steps = 8;  // classes to a doubling: a block is at most 1/8 larger than asked for
constexpr int class_count = 34 * steps;
constexpr int reach = steps;  // classes above a block's own that may serve it: up to twice its size

// In front of every block; its size keeps the data aligned.
struct alignas(alignment) Header {
    size_t bytes;  // of the whole block, this header included
    int size_class;
    Header* next;
};
static_assert(sizeof(Header) == alignment, "the header must keep the block's alignment");

// Class c holds payloads of up to (smallest << c / steps) * (steps + c % steps) / steps bytes.
size_t class_bytes(int size_class) {
    const size_t base = smallest << (size_class / steps);
    return base + base / steps * (size_class % steps);
}

int class_of(size_t bytes) {
    if (bytes <= smallest) return 0;
    const int doubling = 63 - __builtin_clzll(bytes) - 6;
    int size_class = doubling * steps + static_cast<int>(((bytes - (smallest << doubling)) * steps) >> (doubling + 6));
    if (class_bytes(size_class) < bytes) size_class++;
    return size_class;
}

Header* map_huge(size_t bytes) {
    const size_t reserved = bytes + huge_page;
    void* start = mmap(nullptr, reserved, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) return nullptr;
    const auto address = reinterpret_cast<uintptr_t>(start);
    const uintptr_t aligned = (address + huge_page - 1) / huge_page * huge_page;
    if (aligned > address) munmap(start, aligned - address);
    const uintptr_t end = aligned + bytes;
    if (address + reserved > end) munmap(reinterpret_cast<void*>(end), address + reserved - end);
    madvise(reinterpret_cast<void*>(aligned), bytes, MADV_HUGEPAGE);
    return reinterpret_cast<Header*>(aligned);
}

class Cache {
public:
    explicit Cache(size_t limit) : limit_(limit) {}

    void* allocate(size_t payload) {
        const int size_class = class_of(std::max(payload, smallest));
        TORCH_CHECK_WITH(OutOfMemoryError, size_class < class_count, "a tensor of ", payload, " bytes is too large");
        {
            std::lock_guard<std::mutex> lock(mutex_);
            buckets_[size_class].used_at = ++clock_;
            // Batches differ a little in size from step to step, so a large block also serves what is up to half smaller:
            // otherwise every size that ever occurred would keep blocks of its own.
            const int last = class_bytes(size_class) < huge_page ? size_class : std::min(size_class + reach, class_count - 1);
            for (int c = size_class; c <= last; c++) {
                if (Header* block = buckets_[c].free) {
                    buckets_[c].free = block->next;
                    buckets_[c].used_at = clock_;
                    cached_ -= block->bytes;
                    return block + 1;
                }
            }
        }
        return fresh(size_class) + 1;
    }

    void release(void* data) {
        Header* block = static_cast<Header*>(data) - 1;
        std::lock_guard<std::mutex> lock(mutex_);
        Bucket& bucket = buckets_[block->size_class];
        bucket.used_at = ++clock_;
        block->next = bucket.free;
        bucket.free = block;
        cached_ += block->bytes;
        if (cached_ > limit_) trim(limit_ / 2);
    }

    void clear() {
        std::lock_guard<std::mutex> lock(mutex_);
        trim(0);
    }

    size_t cached() {
        std::lock_guard<std::mutex> lock(mutex_);
        return cached_;
    }

private:
    struct Bucket {
        Header* free = nullptr;
        uint64_t used_at = 0;
    };

    Header* fresh(int size_class) {
        const size_t payload = class_bytes(size_class);
        size_t bytes = payload + sizeof(Header);
        const bool huge = payload >= huge_page;
        // Whole pages, and whole huge pages for blocks where rounding up to them is at most an eighth.
        if (huge) bytes = round_up(bytes, payload >= 8 * huge_page ? huge_page : size_t{4096});
        Header* block = huge ? map_huge(bytes) : static_cast<Header*>(std::aligned_alloc(alignment, round_up(bytes, alignment)));
        if (!block) {
            clear();
            block = huge ? map_huge(bytes) : static_cast<Header*>(std::aligned_alloc(alignment, round_up(bytes, alignment)));
        }
        TORCH_CHECK_WITH(OutOfMemoryError, block, "not enough memory: ", bytes, " bytes could not be allocated");
        block->bytes = bytes;
        block->size_class = size_class;
        block->next = nullptr;
        return block;
    }

    static size_t round_up(size_t value, size_t unit) { return (value + unit - 1) / unit * unit; }

    // Gives blocks back to the system, those of the longest unused sizes first, until at most `target` bytes are kept.
    void trim(size_t target) {
        while (cached_ > target) {
            Bucket* oldest = nullptr;
            for (Bucket& bucket : buckets_) {
                if (bucket.free && (!oldest || bucket.used_at < oldest->used_at)) oldest = &bucket;
            }
            if (!oldest) return;
            while (Header* block = oldest->free) {
                oldest->free = block->next;
                cached_ -= block->bytes;
                if (class_bytes(block->size_class) >= huge_page) munmap(block, block->bytes);
                else std::free(block);
            }
        }
    }

    std::mutex mutex_;
    std::array<Bucket, class_count> buckets_;
    size_t cached_ = 0;
    size_t limit_;
    uint64_t clock_ = 0;
};

// A quarter of the memory, at most 4 GiB, unless the environment says otherwise.
size_t cache_limit() {
    if (const char* megabytes = std::getenv("UNIM2REC_CPU_CACHE_MB")) return std::strtoull(megabytes, nullptr, 10) << 20;
    struct sysinfo machine {};
    const size_t quarter = sysinfo(&machine) == 0 ? size_t{machine.totalram} * machine.mem_unit / 4 : size_t{1} << 30;
    return std::min(quarter, size_t{4} << 30);
}

// Lives as long as the process: tensors may be released after static destructors have run.
Cache& cache() {
    static auto* instance = new Cache(cache_limit());
    return *instance;
}

// oneDNN also frees the null pointer that it got for nothing.
void free_block(void* data) {
    if (data) cache().release(data);
}

// allocate is const in some versions of c10 and not in others, and copy_data exists only in later ones: all forms are
// declared, without `override`, and the one that the base class has is taken.
struct CachingAllocator final : at::Allocator {
    at::DataPtr allocate(size_t bytes) const { return take(bytes); }
    at::DataPtr allocate(size_t bytes) { return take(bytes); }
    at::DeleterFnPtr raw_deleter() const { return &free_block; }
    void copy_data(void* destination, const void* source, std::size_t count) const { std::memcpy(destination, source, count); }

private:
    static at::DataPtr take(size_t bytes) {
        if (bytes == 0) return at::DataPtr(nullptr, nullptr, &ignore, at::Device(at::DeviceType::CPU));
        void* data = cache().allocate(bytes);
        return at::DataPtr(data, data, &free_block, at::Device(at::DeviceType::CPU));
    }
    static void ignore(void*) {}
};

}  // namespace

// Puts the allocator in place, once, before the first tensor. Returns whether it is in use.
GLUE int32_t um_install_allocator() {
    static const bool installed = [] {
        const char* choice = std::getenv("UNIM2REC_CPU_ALLOCATOR");
        if (choice && std::strcmp(choice, "system") == 0) return false;
        c10::SetCPUAllocator(new CachingAllocator(), /*priority=*/255);
        return true;
    }();
    return installed;
}

// Bytes kept for reuse, and giving them back.
GLUE int64_t um_cached_bytes() { return static_cast<int64_t>(cache().cached()); }
GLUE void um_trim_cache() { cache().clear(); }

}  // namespace glue
