// C entry points over OpenCV's C++ ones, for the managed assembly beside this folder.
// Every function gives 0, or 1 after an OpenCV error, which unim2rec_cv_last_error then describes for the calling thread.
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#ifdef _WIN32
#define GLUE extern "C" __declspec(dllexport)
#else
#define GLUE extern "C" __attribute__((visibility("default")))
#endif

namespace {

struct LastError {
    int32_t code = 0;
    int32_t line = 0;
    std::string function, message, file;
};
thread_local LastError last_error;

// OpenCV prints every error before it throws; the caller gets it as an exception and decides what to show.
int keep_quiet(int, const char*, const char*, const char*, int, void*) { return 0; }
const auto previous_handler = cv::redirectError(keep_quiet);

template <typename Body>
int32_t guarded(Body&& body) {
    try {
        body();
        return 0;
    } catch (const cv::Exception& e) {
        last_error = {e.code, e.line, e.func, e.err, e.file};
    } catch (const std::exception& e) {
        last_error = {cv::Error::StsError, 0, "", e.what(), ""};
    }
    return 1;
}

}  // namespace

struct MatDescription {
    int32_t rows, cols, dims, type;
    int32_t element_size, channel_size;
    int32_t is_continuous, is_submatrix;
    int64_t step, total;
    void* data;
};

struct CvSize { int32_t width, height; };
struct CvPoint { int32_t x, y; };
struct CvRect { int32_t x, y, width, height; };
struct CvScalar {
    double v0, v1, v2, v3;
    operator cv::Scalar() const { return {v0, v1, v2, v3}; }
};

GLUE void unim2rec_cv_last_error(int32_t* code, int32_t* line, const char** function, const char** message, const char** file) {
    *code = last_error.code;
    *line = last_error.line;
    *function = last_error.function.c_str();
    *message = last_error.message.c_str();
    *file = last_error.file.c_str();
}

GLUE int32_t unim2rec_cv_mat_empty(cv::Mat** result) {
    return guarded([&] { *result = new cv::Mat(); });
}

GLUE int32_t unim2rec_cv_mat_create(int32_t rows, int32_t cols, int32_t type, const CvScalar* fill, cv::Mat** result) {
    return guarded([&] { *result = fill ? new cv::Mat(rows, cols, type, cv::Scalar(*fill)) : new cv::Mat(rows, cols, type); });
}

GLUE int32_t unim2rec_cv_mat_over(int32_t rows, int32_t cols, int32_t type, void* data, int64_t step, cv::Mat** result) {
    return guarded([&] { *result = new cv::Mat(rows, cols, type, data, static_cast<size_t>(step)); });
}

GLUE void unim2rec_cv_mat_delete(cv::Mat* mat) { delete mat; }

GLUE void unim2rec_cv_mat_describe(const cv::Mat* mat, MatDescription* d) {
    d->rows = mat->rows;
    d->cols = mat->cols;
    d->dims = mat->dims;
    d->type = mat->type();
    d->element_size = mat->dims > 0 ? static_cast<int32_t>(mat->elemSize()) : 0;
    d->channel_size = static_cast<int32_t>(mat->elemSize1());
    d->is_continuous = mat->isContinuous();
    d->is_submatrix = mat->isSubmatrix();
    d->step = static_cast<int64_t>(static_cast<size_t>(mat->step));
    d->total = static_cast<int64_t>(mat->total());
    d->data = mat->data;
}

GLUE int32_t unim2rec_cv_mat_clone(const cv::Mat* mat, cv::Mat** result) {
    return guarded([&] { *result = new cv::Mat(mat->clone()); });
}

GLUE int32_t unim2rec_cv_mat_part(const cv::Mat* mat, CvRect r, cv::Mat** result) {
    return guarded([&] { *result = new cv::Mat(*mat, cv::Rect(r.x, r.y, r.width, r.height)); });
}

GLUE int32_t unim2rec_cv_mat_copy(const cv::Mat* from, cv::Mat* to, const cv::Mat* mask) {
    return guarded([&] { mask ? from->copyTo(*to, *mask) : from->copyTo(*to); });
}

GLUE int32_t unim2rec_cv_mat_convert(const cv::Mat* from, cv::Mat* to, int32_t type, double alpha, double beta) {
    return guarded([&] { from->convertTo(*to, type, alpha, beta); });
}

GLUE int32_t unim2rec_cv_mat_set(cv::Mat* mat, CvScalar value, const cv::Mat* mask) {
    return guarded([&] { mask ? mat->setTo(cv::Scalar(value), *mask) : mat->setTo(cv::Scalar(value)); });
}

GLUE int32_t unim2rec_cv_decode(const uint8_t* bytes, int32_t count, int32_t flags, cv::Mat** result) {
    return guarded([&] {
        const cv::Mat encoded(1, count, CV_8UC1, const_cast<uint8_t*>(bytes));
        *result = new cv::Mat(cv::imdecode(encoded, flags));
    });
}

GLUE int32_t unim2rec_cv_read(const char* path, int32_t flags, cv::Mat** result) {
    return guarded([&] { *result = new cv::Mat(cv::imread(path, flags)); });
}

GLUE int32_t unim2rec_cv_encode(const char* extension, const cv::Mat* image, const int32_t* parameters, int32_t count,
                                std::vector<uint8_t>** bytes, const uint8_t** data, int64_t* length, int32_t* done) {
    return guarded([&] {
        auto encoded = std::make_unique<std::vector<uint8_t>>();
        *done = cv::imencode(extension, *image, *encoded, std::vector<int>(parameters, parameters + count));
        *data = encoded->data();
        *length = static_cast<int64_t>(encoded->size());
        *bytes = encoded.release();
    });
}

GLUE void unim2rec_cv_bytes_delete(std::vector<uint8_t>* bytes) { delete bytes; }

GLUE int32_t unim2rec_cv_write(const char* path, const cv::Mat* image, const int32_t* parameters, int32_t count, int32_t* done) {
    return guarded([&] { *done = cv::imwrite(path, *image, std::vector<int>(parameters, parameters + count)); });
}

GLUE int32_t unim2rec_cv_resize(const cv::Mat* from, cv::Mat* to, CvSize size, double fx, double fy, int32_t interpolation) {
    return guarded([&] { cv::resize(*from, *to, cv::Size(size.width, size.height), fx, fy, interpolation); });
}

GLUE int32_t unim2rec_cv_convert_colour(const cv::Mat* from, cv::Mat* to, int32_t code, int32_t channels) {
    return guarded([&] { cv::cvtColor(*from, *to, code, channels); });
}

GLUE int32_t unim2rec_cv_gaussian_blur(const cv::Mat* from, cv::Mat* to, CvSize kernel, double sigma_x, double sigma_y, int32_t border) {
    return guarded([&] { cv::GaussianBlur(*from, *to, cv::Size(kernel.width, kernel.height), sigma_x, sigma_y, border); });
}

GLUE int32_t unim2rec_cv_split(const cv::Mat* from, cv::Mat* const* planes) {
    return guarded([&] {
        std::vector<cv::Mat> parts;
        cv::split(*from, parts);
        for (size_t i = 0; i < parts.size(); i++) *planes[i] = parts[i];
    });
}

GLUE int32_t unim2rec_cv_merge(const cv::Mat* const* planes, int32_t count, cv::Mat* to) {
    return guarded([&] {
        std::vector<cv::Mat> parts;
        for (int32_t i = 0; i < count; i++) parts.push_back(*planes[i]);
        cv::merge(parts, *to);
    });
}

GLUE int32_t unim2rec_cv_line(cv::Mat* image, CvPoint a, CvPoint b, CvScalar colour, int32_t thickness, int32_t type, int32_t shift) {
    return guarded([&] { cv::line(*image, {a.x, a.y}, {b.x, b.y}, colour, thickness, type, shift); });
}

GLUE int32_t unim2rec_cv_rectangle(cv::Mat* image, CvPoint a, CvPoint b, CvScalar colour, int32_t thickness, int32_t type, int32_t shift) {
    return guarded([&] { cv::rectangle(*image, cv::Point(a.x, a.y), cv::Point(b.x, b.y), colour, thickness, type, shift); });
}

GLUE int32_t unim2rec_cv_rectangle_in(cv::Mat* image, CvRect r, CvScalar colour, int32_t thickness, int32_t type, int32_t shift) {
    return guarded([&] { cv::rectangle(*image, cv::Rect(r.x, r.y, r.width, r.height), colour, thickness, type, shift); });
}

GLUE int32_t unim2rec_cv_circle(cv::Mat* image, CvPoint centre, int32_t radius, CvScalar colour, int32_t thickness, int32_t type, int32_t shift) {
    return guarded([&] { cv::circle(*image, {centre.x, centre.y}, radius, colour, thickness, type, shift); });
}

GLUE int32_t unim2rec_cv_ellipse(cv::Mat* image, CvPoint centre, CvSize axes, double angle, double start, double end, CvScalar colour,
                                 int32_t thickness, int32_t type, int32_t shift) {
    return guarded([&] {
        cv::ellipse(*image, {centre.x, centre.y}, {axes.width, axes.height}, angle, start, end, colour, thickness, type, shift);
    });
}

GLUE int32_t unim2rec_cv_fill_polygons(cv::Mat* image, const CvPoint* points, const int32_t* counts, int32_t polygons, CvScalar colour,
                                       int32_t type, int32_t shift, CvPoint offset) {
    return guarded([&] {
        std::vector<const cv::Point*> starts;
        for (int32_t i = 0; i < polygons; points += counts[i++]) starts.push_back(reinterpret_cast<const cv::Point*>(points));
        cv::fillPoly(*image, starts.data(), counts, polygons, colour, type, shift, {offset.x, offset.y});
    });
}

GLUE int32_t unim2rec_cv_set_threads(int32_t count) {
    return guarded([&] { cv::setNumThreads(count); });
}

GLUE int32_t unim2rec_cv_get_threads(int32_t* count) {
    return guarded([&] { *count = cv::getNumThreads(); });
}
