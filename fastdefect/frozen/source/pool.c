/* The threads of an engine: they sleep until a stage has more than one strip. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "parts.h"

typedef struct helper {
    pool *pool;
    word slot;
    pthread_t thread;
} helper;

struct pool {
    pthread_mutex_t mutex;
    pthread_cond_t begin, end;
    work *work;
    void *context;
    word count, round, busy;
    _Atomic word next;
    int stopping;
    int32_t helpers;
    helper helper[];
};

static void share(pool *pool, work *work, void *context, word count, word slot) {
    for (;;) {
        const word index = atomic_fetch_add_explicit(&pool->next, 1, memory_order_relaxed);
        if (index >= count) return;
        work(context, index, slot);
    }
}

static void *help(void *given) {
    helper *self = given;
    pool *pool = self->pool;
    word seen = 0;
    pthread_mutex_lock(&pool->mutex);
    for (;;) {
        while (!pool->stopping && pool->round == seen) pthread_cond_wait(&pool->begin, &pool->mutex);
        if (pool->stopping) break;
        seen = pool->round;
        /* who wakes when all is handed out, or is one more than there are strips, has nothing to do */
        if (pool->work == NULL || self->slot >= pool->count) continue;
        work *work = pool->work;
        void *context = pool->context;
        const word count = pool->count;
        pool->busy++;
        pthread_mutex_unlock(&pool->mutex);
        share(pool, work, context, count, self->slot);
        pthread_mutex_lock(&pool->mutex);
        if (--pool->busy == 0) pthread_cond_signal(&pool->end);
    }
    pthread_mutex_unlock(&pool->mutex);
    return NULL;
}

pool *fdi_pool_create(int32_t threads) {
    pool *made = calloc(1, sizeof(pool) + (size_t)threads * sizeof(helper));
    if (made == NULL) return NULL;
    pthread_mutex_init(&made->mutex, NULL);
    pthread_cond_init(&made->begin, NULL);
    pthread_cond_init(&made->end, NULL);
    for (word slot = 1; slot < threads; slot++) {
        helper *next = &made->helper[made->helpers];
        *next = (helper){.pool = made, .slot = slot};
        if (pthread_create(&next->thread, NULL, help, next) != 0) {
            fdi_pool_destroy(made);
            return NULL;
        }
        made->helpers++;
    }
    return made;
}

void fdi_pool_run(pool *pool, work *work, void *context, word count) {
    if (count == 1 || pool->helpers == 0) {
        for (word index = 0; index < count; index++) work(context, index, 0);
        return;
    }
    pthread_mutex_lock(&pool->mutex);
    pool->work = work;
    pool->context = context;
    pool->count = count;
    atomic_store_explicit(&pool->next, 0, memory_order_relaxed);
    pool->round++;
    pthread_cond_broadcast(&pool->begin);
    pthread_mutex_unlock(&pool->mutex);
    share(pool, work, context, count, 0);
    pthread_mutex_lock(&pool->mutex);
    pool->work = NULL;
    while (pool->busy > 0) pthread_cond_wait(&pool->end, &pool->mutex);
    pthread_mutex_unlock(&pool->mutex);
}

void fdi_pool_destroy(pool *pool) {
    if (pool == NULL) return;
    pthread_mutex_lock(&pool->mutex);
    pool->stopping = 1;
    pthread_cond_broadcast(&pool->begin);
    pthread_mutex_unlock(&pool->mutex);
    for (int32_t i = 0; i < pool->helpers; i++) pthread_join(pool->helper[i].thread, NULL);
    pthread_cond_destroy(&pool->begin);
    pthread_cond_destroy(&pool->end);
    pthread_mutex_destroy(&pool->mutex);
    free(pool);
}
